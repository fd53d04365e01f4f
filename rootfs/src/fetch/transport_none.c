// SPDX-License-Identifier: Apache-2.0
/* No network at all; see transport.h. */
#include "fetch/transport.h"
#include "lib/url.h"
#include <errno.h>
#include <string.h>

int transport_fetch(const struct transport_settings *settings,
		    const struct transport_request *request, transport_sink *sink, void *context,
		    struct error *error)
{
	char shown[URL_SHOWN_BYTES];

	(void)settings;
	(void)sink;
	(void)context;
	url_shown(request->url, strlen(request->url), shown);
	return error_set(error, -EPROTONOSUPPORT, "%s: this tool was built without a network",
			 shown);
}
