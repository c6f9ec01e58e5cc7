# SPDX-License-Identifier: Apache-2.0
"""The wire table: cases that a raw client plays against both servers, byte for byte.

Each module registers its cases here. A case runs against one server and fills a transcript.
"""

import pathlib

CASES = []

# Configurations of the servers by name, as changes to the default zoo.cfg.
CONFIGS = {
    "default": {},
    "restart": {},  # Apart: some of the default cases leave a log that Apache cannot start from.
    "no-ttl": {"extendedTypesEnabled": "false"},
    "quota": {"enforceQuota": "true"},
    "fast": {"tickTime": "200", "znode.container.checkIntervalMs": "200"},
    "reconfig": {"reconfigEnabled": "true"},
    "whitelist": {"4lw.commands.whitelist": "srvr, ruok"},
    "enforced": {"enforce.auth.enabled": "true", "enforce.auth.schemes": "digest"},
    "sasl": {"java.security.auth.login.config": str(pathlib.Path(__file__).with_name("jaas.conf")),
             "authProvider.1": "org.apache.zookeeper.server.auth.SASLAuthenticationProvider",
             "superUser": "root", "fips-mode": "false"},
    "skip-acl": {"skipACL": "yes"},
    "few": {"maxClientCnxns": "3"},
}


class Case:
    def __init__(self, name, function, config):
        self.name, self.function, self.config = name, function, config


def case(name, config="default"):
    """Registers a function of a Transcript. The name is unique and says what is expected to hold."""
    def register(function):
        if any(known.name == name for known in CASES):
            raise ValueError(f"two cases are named {name}")
        CASES.append(Case(name, function, config))
        return function
    return register


def load():
    from . import (acl, containers, four_letter_words, handshake, limits, multi, operations, paths,  # noqa: F401
                   quotas, sasl, sessions, watches)
    from .corner_cases import PLAYED_BY
    missing = set(PLAYED_BY.values()) - {known.name for known in CASES}
    if missing:
        raise ValueError(f"no case plays {sorted(missing)}")
    return CASES
