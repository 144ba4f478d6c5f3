"""MiniStack, which here reads a stream's batch again when a part of it failed.

AWS reads it again from the first record that failed. MiniStack looks at what failed with queues alone, takes such a batch for done,
and what failed is lost. Here it is told that the function failed: then it reads the whole batch again, as a stream may at any time.
"""

import json

from ministack import app
from ministack.services import lambda_svc

execute = lambda_svc._execute_function


def execute_whole(function, event):
    result = execute(function, event)
    records = event.get("Records") if isinstance(event, dict) else None
    if not result.get("error") and records and records[0].get("eventSource") == "aws:dynamodb":
        body = result.get("body")
        said = json.loads(body) if isinstance(body, str) and body else body
        if said and said.get("batchItemFailures"):
            told = {"errorType": "PartFailed", "errorMessage": f"of a stream's batch: {said['batchItemFailures']}"}
            return {**result, "error": True, "body": told}
    return result


lambda_svc._execute_function = execute_whole
app.main()
