// SPDX-License-Identifier: Apache-2.0
/* Ports of the host that are published: are they free, and which are. */
#pragma once
#include "net/session.h"

/* Gives each port that asks for any (host_port 0) one that is free, and checks the others.
 * -EADDRINUSE: a program of the host listens there, or a container has it, which is named;
 * -EADDRNOTAVAIL: the host has no such address. A program that begins to listen later is not seen:
 * its port leads to the container all the same. */
int hostports_take(const struct session *session, struct net_record *member, struct error *error);

/* UDP has no connections, so whoever goes on sending to a port keeps the way that it went at first:
 * to a member that is gone, or to nobody. After a change of the table, those that go to ports of
 * this member are forgotten. A kernel that does not tell of them is not an error. */
void hostports_forget(const struct net_record *member);
