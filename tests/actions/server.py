"""A release server on a port of its own choice: server.py FOLDER LOG PORT_FILE.

Below /good files are served as they are, below /moved they are redirected there, below /short the second half is
missing, below /wrong the last byte is another one. Every request is a line in LOG.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder, log, port_file = sys.argv[1:]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        _, kind, *rest = self.path.split("/")
        with open(log, "a") as file:
            file.write(self.path + "\n")
        path = os.path.join(folder, rest[-1])
        if kind not in ("good", "moved", "short", "wrong") or not os.path.isfile(path):
            self.send_error(404)
            return
        if kind == "moved":
            self.send_response(302)
            self.send_header("location", "/good/" + "/".join(rest))
            self.send_header("content-length", "0")
            self.end_headers()
            return
        with open(path, "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if kind == "short":
            body = body[: len(body) // 2]
        if kind == "wrong":
            body = body[:-1] + b"#"
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(port_file + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(port_file + ".new", port_file)
server.serve_forever()
