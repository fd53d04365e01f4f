# Time zones for Timezone= of containers and for /etc/localtime, compiled by the SDK's zic; old names are links.
zones="africa antarctica asia australasia europe northamerica southamerica etcetera backward"
# shellcheck disable=SC2086 # several files
install() {
	zic -b slim -d "$DESTDIR"/usr/share/zoneinfo $zones
	command install -m 644 zone1970.tab iso3166.tab "$DESTDIR"/usr/share/zoneinfo
}
