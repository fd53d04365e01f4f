// SPDX-License-Identifier: Apache-2.0
#include "oci/extract.h"
#include "oci/treehash.h"
#include "os/file.h"
#include "os/folder.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The checksums that were kept are those that reading gives. */
static void compare_sums(int layer, const struct filesums *sums)
{
	char kept[TREEHASH_BYTES] = "", read[TREEHASH_BYTES] = "";

	if (treehash(layer, sums, kept, NULL) != treehash(layer, NULL, read, NULL) ||
	    strcmp(kept, read) != 0)
		__builtin_trap();
}

/* What lies beside the layer, and the folder that both are in, stay as they are. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct extract_limits limits = { .bytes = 1 << 20, .entries = 1000 };
	static const char *const outside[] = { ".", "outside", "outside/file" };
	static struct timespec changed[3];
	static int layer = -1;
	AUTO_CLOSE int archive = memfd_create("archive", MFD_CLOEXEC);
	struct filesums sums = { 0 };
	struct extract one = {
		.archive = archive, .layer = true, .limits = &limits, .sums = &sums
	};
	struct stat status;

	if (layer < 0) {
		char folder[] = "/tmp/keelson-fuzz.XXXXXX";

		if (chdir(mkdtemp(folder)) < 0 || mkdir("layer", 0755) < 0 ||
		    mkdir("outside", 0755) < 0)
			abort();
		close(open("outside/file", O_WRONLY | O_CREAT, 0600));
		layer = open("layer", O_RDONLY | O_DIRECTORY);
	}
	one.folder = layer;
	file_append(archive, bytes, size);
	extract(&one, NULL);
	if (sums.count > 0)
		compare_sums(layer, &sums);
	filesums_free(&sums);
	for (size_t i = 0; i < 3; i++) {
		if (stat(outside[i], &status) < 0 ||
		    (changed[i].tv_sec && (status.st_ctim.tv_sec != changed[i].tv_sec ||
					   status.st_ctim.tv_nsec != changed[i].tv_nsec)))
			__builtin_trap();
		changed[i] = status.st_ctim;
	}
	fstat(layer, &status);
	folder_remove_contents(dup(layer), status.st_dev, NULL);
	return 0;
}
