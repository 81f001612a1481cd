"""A patient-view service written with HealthChain, as its documentation shows one.

    python bench_healthchain.py PORT raw|fhir

raw counts the entries of the prefetch; fhir also makes the framework's FHIR objects of it.
"""

import logging
import sys

import uvicorn
from healthchain.fhir.readers import convert_prefetch_to_fhir_objects
from healthchain.gateway import HealthChainAPI
from healthchain.gateway.cds import CDSHooksService
from healthchain.models import CDSRequest, CDSResponse

logging.disable(logging.CRITICAL)
port, kind = int(sys.argv[1]), sys.argv[2]
service = CDSHooksService()


@service.hook("patient-view", id="bench")
def patient_view(request: CDSRequest) -> CDSResponse:
    prefetch = request.prefetch or {}
    if kind == "fhir":
        found = convert_prefetch_to_fhir_objects(prefetch)
        if isinstance(found["observations"], dict):
            raise ValueError("the bundle was not read as FHIR")
        count = len(found["observations"].entry)
    else:
        count = len(prefetch["observations"]["entry"])
    return CDSResponse(
        cards=[
            {
                "summary": f"{count} observations were read",
                "indicator": "info",
                "source": {"label": "bench"},
            }
        ]
    )


app = HealthChainAPI()
app.register_service(service)
uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)
