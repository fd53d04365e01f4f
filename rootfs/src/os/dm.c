// SPDX-License-Identifier: Apache-2.0
/* See dm.h. */
#include "os/dm.h"
#include "lib/text.h"
#include "os/file.h"
#include "os/ioctl.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/ioctl.h> /* _IOWR */

#define CONTROL "/dev/mapper/control"
#define PARAMETER_BYTES 2048

struct request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char parameters[PARAMETER_BYTES];
};

_Static_assert(offsetof(struct request, target) == sizeof(struct dm_ioctl),
	       "the target follows the head");

static int start_request(struct request *request, const char *name, struct error *error)
{
	memset(request, 0, sizeof(*request));
	request->head.version[0] = DM_VERSION_MAJOR;
	request->head.data_size = sizeof(*request);
	request->head.data_start = offsetof(struct request, target);
	if (text_copy(request->head.name, sizeof(request->head.name), name, strlen(name)) < 0)
		return error_set(error, -ENAMETOOLONG, "device-mapper name %s is too long", name);
	return 0;
}

static int create(int control, const char *name, const char *uuid, uint64_t *ret_dev,
		  struct error *error)
{
	struct request request;
	int r = start_request(&request, name, error);

	if (r < 0)
		return r;
	if (text_copy(request.head.uuid, sizeof(request.head.uuid), uuid, strlen(uuid)) < 0)
		return error_set(error, -ENAMETOOLONG, "device-mapper uuid %s is too long", uuid);
	if (device_ioctl(control, DM_DEV_CREATE, &request) < 0)
		return error_errno(error, "create device-mapper device %s", name);
	*ret_dev = request.head.dev;
	return 0;
}

static int load(int control, const char *name, uint64_t sectors, const char *target,
		const char *parameters, struct error *error)
{
	struct request request;
	int r = start_request(&request, name, error);

	if (r < 0)
		return r;
	request.head.flags = DM_READONLY_FLAG;
	request.head.target_count = 1;
	request.target.length = sectors;
	if (text_copy(request.target.target_type, sizeof(request.target.target_type), target,
		      strlen(target)) < 0 ||
	    text_copy(request.parameters, sizeof(request.parameters), parameters,
		      strlen(parameters)) < 0)
		return error_set(error, -E2BIG, "device-mapper table of %s is too long", name);
	if (device_ioctl(control, DM_TABLE_LOAD, &request) < 0)
		return error_errno(error, "load device-mapper table \"%s %s\"", target, parameters);
	return 0;
}

/* The same ioctl suspends and, without DM_SUSPEND_FLAG, resumes: the loaded table becomes live. */
static int resume(int control, const char *name, struct error *error)
{
	struct request request;
	int r = start_request(&request, name, error);

	if (r == 0 && device_ioctl(control, DM_DEV_SUSPEND, &request) < 0)
		r = error_errno(error, "start device-mapper device %s", name);
	return r;
}

static void discard(int control, const char *name)
{
	struct request request;

	if (start_request(&request, name, NULL) == 0)
		device_ioctl(control, DM_DEV_REMOVE, &request);
}

/* The kernel's huge_encode_dev(): the minor is split around the major. */
static unsigned minor_of(uint64_t dev)
{
	return (unsigned)((dev & 0xff) | ((dev >> 12) & 0xfff00));
}

int dm_create(const char *name, const char *uuid, uint64_t sectors, const char *target,
	      const char *parameters, unsigned *ret_minor, struct error *error)
{
	AUTO_CLOSE int control = open(CONTROL, O_RDWR | O_CLOEXEC);
	uint64_t dev;
	int r;

	if (control < 0)
		return error_errno(error, "open " CONTROL);
	r = create(control, name, uuid, &dev, error);
	if (r < 0)
		return r;
	r = load(control, name, sectors, target, parameters, error);
	if (r == 0)
		r = resume(control, name, error);
	if (r < 0) {
		discard(control, name);
		return r;
	}
	*ret_minor = minor_of(dev);
	return 0;
}
