// SPDX-License-Identifier: Apache-2.0
/* A fetcher's inside, for those who fetch with it; others use fetch.h. */
#pragma once
#include "fetch/transport.h"

/* Valid until the fetcher is configured again or freed. */
struct transport_settings fetcher_settings(const struct fetcher *fetcher);
