/// The description of the HTTP interface (OpenAPI 3.1), written by hand.
enum OpenAPIDocument {
    /// The text.
    static let json = Array(text.utf8)

    private static let text = #"""
        {"openapi":"3.1.0",
        "info":{"title":"Limen","version":"1.0.0","description":"CDS Hooks 2.0 services over clinical models. A card leaves only after its audit row is durable."},
        "paths":{
        "/cds-services":{"get":{"operationId":"discover","summary":"The services on offer","security":[],"responses":{"200":{"description":"The services","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Services"}}}}}}},
        "/cds-services/{id}":{"parameters":[{"$ref":"#/components/parameters/id"}],"post":{"operationId":"callService","summary":"Call a service","parameters":[{"$ref":"#/components/parameters/traceparent"}],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/HookRequest"}}}},"responses":{
        "200":{"description":"The cards","content":{"application/json":{"schema":{"$ref":"#/components/schemas/CardsResponse"}}}},
        "400":{"$ref":"#/components/responses/Outcome"},"401":{"description":"The caller is not known; the body is empty"},"403":{"$ref":"#/components/responses/Outcome"},"404":{"$ref":"#/components/responses/Outcome"},"405":{"$ref":"#/components/responses/Outcome"},"406":{"$ref":"#/components/responses/Outcome"},
        "412":{"description":"Prefetch keys are missing; each issue names a key and the inputs it feeds","content":{"application/fhir+json":{"schema":{"$ref":"#/components/schemas/OperationOutcome"}}}},
        "413":{"$ref":"#/components/responses/Outcome"},"415":{"$ref":"#/components/responses/Outcome"},
        "422":{"description":"The data are not all about the patient in context","content":{"application/fhir+json":{"schema":{"$ref":"#/components/schemas/OperationOutcome"}}}},
        "500":{"$ref":"#/components/responses/Outcome"},
        "503":{"description":"Not recorded or not in time; no card is given","headers":{"Retry-After":{"schema":{"type":"integer"}}},"content":{"application/fhir+json":{"schema":{"$ref":"#/components/schemas/OperationOutcome"}}}}}}},
        "/cds-services/{id}/feedback":{"parameters":[{"$ref":"#/components/parameters/id"}],"post":{"operationId":"sendFeedback","summary":"Say what became of cards","requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Feedback"}}}},"responses":{"200":{"description":"Recorded; the body is empty"},"400":{"$ref":"#/components/responses/Outcome"},"401":{"description":"The caller is not known; the body is empty"},"404":{"$ref":"#/components/responses/Outcome"},"503":{"$ref":"#/components/responses/Outcome"}}}},
        "/livez":{"get":{"operationId":"live","summary":"Whether the process runs","security":[],"responses":{"200":{"description":"It does","content":{"text/plain":{"schema":{"type":"string"}}}}}}},
        "/readyz":{"get":{"operationId":"ready","summary":"Whether traffic may come","security":[],"parameters":[{"name":"verbose","in":"query","allowEmptyValue":true,"schema":{"type":"string"}}],"responses":{"200":{"description":"It may","content":{"text/plain":{"schema":{"type":"string"}}}},"503":{"description":"It may not; the text names the failed check","content":{"text/plain":{"schema":{"type":"string"}}}}}}},
        "/metrics":{"get":{"operationId":"metrics","summary":"Metrics in the Prometheus text format","security":[],"responses":{"200":{"description":"The metrics","content":{"text/plain":{"schema":{"type":"string"}}}}}}},
        "/openapi.json":{"get":{"operationId":"describe","summary":"This document","security":[],"responses":{"200":{"description":"The document","content":{"application/json":{"schema":{"type":"object"}}}}}}}
        },
        "security":[{"bearer":[]},{"apiKey":[]}],
        "components":{
        "securitySchemes":{"bearer":{"type":"http","scheme":"bearer"},"apiKey":{"type":"apiKey","in":"header","name":"X-API-Key"}},
        "parameters":{"id":{"name":"id","in":"path","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9.-]{1,64}$"}},"traceparent":{"name":"traceparent","in":"header","description":"W3C Trace Context; stored in the audit row","schema":{"type":"string"}}},
        "responses":{"Outcome":{"description":"What is wrong and where","content":{"application/fhir+json":{"schema":{"$ref":"#/components/schemas/OperationOutcome"}}}}},
        "schemas":{
        "Services":{"type":"object","required":["services"],"properties":{"services":{"type":"array","items":{"type":"object","required":["hook","id","description"],"properties":{"hook":{"type":"string"},"id":{"type":"string"},"title":{"type":"string"},"description":{"type":"string"},"prefetch":{"type":"object","additionalProperties":{"type":"string"}},"usageRequirements":{"type":"string"}}}}}},
        "HookRequest":{"type":"object","required":["hook","hookInstance","context"],"properties":{"hook":{"type":"string"},"hookInstance":{"type":"string","format":"uuid"},"fhirServer":{"type":"string","format":"uri"},"fhirAuthorization":{"type":"object"},"context":{"type":"object"},"prefetch":{"type":"object"},"extension":{"type":"object","properties":{"org.limen.replayAt":{"type":"string","format":"date-time","description":"Evaluate as of this moment; only for clients that are registered for it"},"org.limen.explain":{"type":"boolean","description":"Add the grounds of the cards to the answer"}}}}},
        "CardsResponse":{"type":"object","required":["cards"],"properties":{"cards":{"type":"array","items":{"type":"object","required":["summary","indicator","source"],"properties":{"uuid":{"type":"string","format":"uuid"},"summary":{"type":"string","maxLength":139},"indicator":{"enum":["info","warning","critical"]},"detail":{"type":"string"},"source":{"type":"object","required":["label"],"properties":{"label":{"type":"string"},"url":{"type":"string","format":"uri"},"topic":{"type":"object"}}},"overrideReasons":{"type":"array","items":{"type":"object"}},"suggestions":{"type":"array","items":{"type":"object"}},"links":{"type":"array","items":{"type":"object"}}}}},"extension":{"type":"object"}}},
        "Feedback":{"type":"object","required":["feedback"],"properties":{"feedback":{"type":"array","items":{"type":"object","required":["card","outcome","outcomeTimestamp"],"properties":{"card":{"type":"string","format":"uuid"},"outcome":{"enum":["accepted","overridden"]},"acceptedSuggestions":{"type":"array","items":{"type":"object","required":["id"],"properties":{"id":{"type":"string"}}}},"overrideReason":{"type":"object","properties":{"reason":{"type":"object"},"userComment":{"type":"string"}}},"outcomeTimestamp":{"type":"string","format":"date-time"}}}}}},
        "OperationOutcome":{"type":"object","required":["resourceType","issue"],"properties":{"resourceType":{"const":"OperationOutcome"},"issue":{"type":"array","minItems":1,"items":{"type":"object","required":["severity","code"],"properties":{"severity":{"type":"string"},"code":{"type":"string"},"details":{"type":"object"},"diagnostics":{"type":"string"},"expression":{"type":"array","items":{"type":"string"}}}}}}}
        }}}
        """#
}
