/* SPDX-License-Identifier: Apache-2.0 */
/* See service.h. Spec: IANA service name and port number registry. */
#include "rule/service.h"

static const struct {
        uint16_t port;
        const char *name;
} services[] = { { 21, "ftp" },         { 22, "ssh" },     { 23, "telnet" }, { 25, "smtp" },
                 { 53, "domain" },      { 67, "bootps" },  { 80, "http" },   { 110, "pop3" },
                 { 123, "ntp" },        { 143, "imap2" },  { 161, "snmp" },  { 389, "ldap" },
                 { 443, "https" },      { 514, "syslog" }, { 636, "ldaps" }, { 3306, "mysql" },
                 { 5432, "postgresql" } };

const char *cm_service_name(uint16_t port)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(services); i++)
                if (services[i].port == port)
                        return services[i].name;
        return NULL;
}

bool cm_service_port(struct cm_sv name, uint16_t *ret)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(services); i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(services[i].name))) {
                        *ret = services[i].port;
                        return true;
                }
        return false;
}
