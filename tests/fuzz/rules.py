"""What is asked of every answer beside the description."""

import json

import schemathesis

KINDS = "https://cartwright.example.com/problems/"


@schemathesis.check
def house_rules(ctx, response, case):
    """Every answer can be traced; a refusal is a problem that says its own status."""
    assert response.headers.get("x-correlation-id"), "the answer has no x-correlation-id"
    assert response.headers.get("x-content-type-options") == ["nosniff"], "the answer's type may be guessed"
    if response.status_code >= 400:
        problem = json.loads(response.content)
        assert problem["status"] == response.status_code, f"the problem says {problem['status']}"
        assert problem["type"].startswith(KINDS), f"the problem's type is {problem['type']}"
