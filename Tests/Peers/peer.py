"""The independent evaluators, each as a function from rows to rows."""

from jpmml_evaluator import make_evaluator


def evaluator(path):
    """An evaluator of a document.

    Its own ModelVerification is not run: a row that expects no result, as ours have for missing
    inputs, ends it with an exception.
    """
    return make_evaluator(str(path), backend="jpype")


def types(evaluator):
    return {field.getName(): field.getDataType() for field in evaluator.getInputFields()}


def typed(row, kinds):
    """A row as the evaluator takes it; None stays None, which it reads as missing."""
    result = {}
    for name, kind in kinds.items():
        cell = row.get(name)
        if cell is None:
            result[name] = None
        elif kind in ("double", "float"):
            result[name] = float(cell)
        elif kind == "integer":
            result[name] = int(float(cell))
        elif kind == "boolean":
            result[name] = cell == "true"
        else:
            result[name] = cell
    return result


def text(value):
    if value is None:
        return None
    return repr(float(value)) if isinstance(value, float) else str(value)


def results(path, rows):
    """What the evaluator says of each row; a row it refuses holds its error only."""
    model = evaluator(path)
    kinds = types(model)
    answers = []
    for row in rows:
        try:
            answer = model.evaluate(typed(row, kinds))
            answers.append({name: text(value) for name, value in answer.items()})
        except Exception as error:  # The evaluator's own, by its Java class.
            answers.append({"error": str(error).splitlines()[0][:200]})
    return answers
