"""A pyftpdlib server after the settings in the JSON file that is its argument."""

import json
import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import ThrottledDTPHandler, TLS_DTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

with open(sys.argv[1], encoding="utf-8") as file:
    settings = json.load(file)

logging.basicConfig(filename=settings["log"], level=logging.DEBUG, format="%(message)s")


class Data(TLS_DTPHandler):
    pass


class SlowData(ThrottledDTPHandler, TLS_DTPHandler):
    pass


class Handler(TLS_FTPHandler):
    def handle(self):
        if settings["tls"] == "implicit":
            self.secure_connection(self.ssl_context)
        super().handle()

    def ftp_AUTH(self, line):
        if settings["tls"] == "implicit":
            self.respond("503 Already using TLS.")
            return None
        return super().ftp_AUTH(line)


authorizer = DummyAuthorizer()
authorizer.add_user(settings["user"], settings["password"], settings["root"], perm="elradfmwMT")
Handler.authorizer = authorizer
Handler.certfile = settings["certificate"]
Handler.tls_control_required = Handler.tls_data_required = settings["tls"] != "offered"
Handler.permit_foreign_addresses = False
if settings["idle"]:
    Handler.timeout = settings["idle"]
if settings["ports"]:
    Handler.passive_ports = range(settings["ports"][0], settings["ports"][1] + 1)
Handler.dtp_handler = Data
if settings["rate"]:
    SlowData.read_limit = SlowData.write_limit = settings["rate"]
    Handler.dtp_handler = SlowData

server = FTPServer(("127.0.0.1", settings["port"]), Handler)
if settings["max_per_ip"]:
    server.max_cons_per_ip = settings["max_per_ip"]
server.serve_forever()
