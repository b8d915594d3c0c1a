"""A change board beside the controller: it measures open incidents, and releases wait for its approval.

    python3 board.py 9400 /tmp/board

A file incident-SERVICE-… in that directory is an open incident; approved-ROLLOUT lets a release go on, and
refused-ROLLOUT ends it. docs/EXTENDING.md says what is asked, and what may be answered.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, directory = int(sys.argv[1]), sys.argv[2]


def incidents(question):
    """The metric acme/incidents: how many are open."""
    prefix = "incident-" + question["config"]["service"]
    return {"value": len([name for name in os.listdir(directory) if name.startswith(prefix)])}


def approval(question):
    """The step acme/approval: done when somebody has approved. What it has done is taken back after an abort."""
    name = question["rollout"]["name"]
    approved = os.path.join(directory, f"approved-{name}")
    refused = os.path.join(directory, f"refused-{name}")
    if question["operation"] != "Run":
        if os.path.exists(approved):
            os.remove(approved)
        return {"phase": "Successful"}
    if os.path.exists(refused):
        return {"phase": "Failed", "message": "the change was refused"}
    if os.path.exists(approved):
        return {"phase": "Successful", "message": "the change was approved"}
    return {"phase": "Running", "message": "waiting for " + approved, "again": 5}


class Board(BaseHTTPRequestHandler):
    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"measure": incidents, "step": approval}[question["kind"]](question)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", port), Board)
print(f"the board listens at http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
