#!/usr/bin/python3
"""The server of mail of Python's library. Writes what arrives into a file, read as programs that show mail read it.

usage: mail-server.py PORT FILE
"""

import asyncore
import email
import email.policy
import json
import smtpd
import sys


class Server(smtpd.SMTPServer):
    def process_message(self, peer, sender, recipients, data, **options):
        message = email.message_from_bytes(data, policy=email.policy.default)
        defects = [repr(defect) for part in [message, *message.values()] for defect in part.defects]
        text = {
            "sender": sender,
            "recipients": recipients,
            "subject": message["Subject"],
            "to": message["To"],
            "date": message["Date"].datetime.isoformat(),
            "text": message.get_content(),
            "defects": defects,
        }
        with open(sys.argv[2], "w") as file:
            json.dump(text, file)


Server(("127.0.0.1", int(sys.argv[1])), None)
print("ready", flush=True)
asyncore.loop()
