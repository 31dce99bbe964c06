"""Operations of ours: predict what a call will do, and say afterwards what was seen."""

from __future__ import annotations

from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane.guesses import keep_guess, keep_words
from ecsweb.domain.errors import InvalidParameterException, ResourceNotFoundException
from ecsweb.models import ChangeGuess

TEXTS = ("cluster", "operation", "change", "key")
STRUCTURES = ("params", "guess", "before", "names", "foretold")


@our_operation("PredictChange")
def predict_change(request: Request) -> dict[str, Any]:
    """Keep a prediction; the call that it is about is made by whoever predicts, right after."""
    given = {name: request.params.get(name) for name in (*TEXTS, *STRUCTURES)}
    for name, value in given.items():
        wanted: type = str if name in TEXTS else dict
        if not isinstance(value, wanted):
            raise InvalidParameterException(f"{name} must be a {wanted.__name__}.", field=name)
    row = keep_guess(request.account, request.region, now=request.now, **given)
    return {"prediction": row.pk}


@our_operation("ExplainChange")
def explain_change(request: Request) -> dict[str, Any]:
    """Keep what somebody saw, and why they think it happened, in their own words."""
    number = request.params.get("prediction")
    row = None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**53:
        row = ChangeGuess.objects.filter(account=request.account, pk=number).first()
    if row is None:
        raise ResourceNotFoundException("There is no such prediction.")
    words = {name: str(request.params.get(name, "")) for name in ("saw", "ownWords")}
    keep_words(row, words)
    return {"prediction": row.pk}
