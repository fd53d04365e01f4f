// SPDX-License-Identifier: Apache-2.0
/* Directories, files and links; see filestage.h and lib/nodes.h. */
#include "lib/path.h"
#include "os/file.h"
#include "provision/filestage.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define COPY_BYTES 65536

static int owner_id(const struct file_stage *stage, const struct ign_owner *owner, bool group,
		    uint32_t *ret, struct error *error)
{
	int r;

	if (owner->id.given) {
		*ret = (uint32_t)owner->id.value;
		return owner->id.value >= 0 && owner->id.value < UINT32_MAX
			       ? 0
			       : error_set(error, -EINVAL, "id %lld is none",
					   (long long)owner->id.value);
	}
	if (owner->name.length == 0)
		return 0;
	r = group ? accounts_gid(&stage->accounts, &owner->name, ret)
		  : accounts_uid(&stage->accounts, &owner->name, ret);
	return r < 0 ? error_set(error, r, "there is no %s %.40s", group ? "group" : "user",
				 owner->name.at)
		     : 0;
}

int node_owner(const struct file_stage *stage, const struct ign_node *node, struct tree_owner *ret,
	       struct error *error)
{
	int r = owner_id(stage, &node->user, false, &ret->uid, error);

	return r < 0 ? r : owner_id(stage, &node->group, true, &ret->gid, error);
}

static enum node_there there_of(const struct stat *status)
{
	return S_ISDIR(status->st_mode)   ? THERE_DIRECTORY
	       : S_ISREG(status->st_mode) ? THERE_FILE
	       : S_ISLNK(status->st_mode) ? THERE_LINK
					  : THERE_OTHER;
}

static int clean_text(const char *text, char ret[PATH_MAX + 2])
{
	if (strlen(text) >= PATH_MAX)
		return -ENAMETOOLONG;
	path_clean(text, strlen(text), ret);
	return 0;
}

/* Two targets are the same if they are once they are cleaned, as the reference has it. */
static bool same_link(const struct file_stage *stage, const struct file_step *step)
{
	char there[PATH_MAX], left[PATH_MAX + 2], right[PATH_MAX + 2];

	return tree_read_link(&stage->tree, step->path, there) == 0 &&
	       clean_text(there, left) == 0 && clean_text(step->link->target.at, right) == 0 &&
	       strcmp(left, right) == 0;
}

/* A hard link's target is a path from the root of the tree, whether it begins with a slash or
 * not. */
static int hard_target(const struct file_stage *stage, const struct file_step *step,
		       char ret[PATH_MAX], struct error *error)
{
	char path[PATH_MAX];

	if (step->link->target.length + 2 > sizeof(path))
		return error_set(error, -ENAMETOOLONG, "the target is too long");
	snprintf(path, sizeof(path), "/%s", step->link->target.at);
	return tree_resolve(&stage->tree, path, ret, error);
}

static bool same_inode(const struct file_stage *stage, const struct file_step *step,
		       const struct stat *there)
{
	char target[PATH_MAX];
	struct stat status;

	return hard_target(stage, step, target, NULL) == 0 &&
	       tree_stat(&stage->tree, target, &status) == 0 && status.st_dev == there->st_dev &&
	       status.st_ino == there->st_ino;
}

int file_step_look(const struct file_stage *stage, const struct file_step *step,
		   struct node_case *ret, struct stat *ret_status, struct error *error)
{
	int r = tree_stat(&stage->tree, step->path, ret_status);

	*ret = (struct node_case){ .kind = step->kind,
				   .overwrite = step->node->overwrite == IGN_TRUE };
	if (r < 0 && r != -ENOENT)
		return error_set(error, r, "%.200s: %s", step->node->path.at, strerror(-r));
	if (r == 0)
		ret->there = there_of(ret_status);
	if (step->kind == NODE_FILE) {
		ret->contents = step->file->contents.source.at != NULL;
		ret->append = step->file->append.count > 0;
	} else if (r == 0 && step->kind == NODE_LINK) {
		ret->same = same_link(stage, step);
	} else if (r == 0 && step->kind == NODE_HARD_LINK) {
		ret->same = same_inode(stage, step, ret_status);
	}
	return 0;
}

static int copy_to(int from, int to, struct error *error)
{
	char buffer[COPY_BYTES];
	ssize_t n;

	while ((n = read(from, buffer, sizeof(buffer))) > 0)
		for (ssize_t done = 0; done < n;) {
			ssize_t written = write(to, buffer + done, (size_t)(n - done));

			if (written < 0)
				return error_errno(error, "write");
			done += written;
		}
	return n < 0 ? error_errno(error, "read") : 0;
}

/* An empty source is an empty file, as is none. */
static int fetch_into(const struct file_stage *stage, const struct ign_resource *resource, int fd,
		      struct error *error)
{
	return resource->source.length > 0 ? fetch_to_file(stage->fetcher, resource, fd, error) : 0;
}

/* Contents, then what is to be appended. */
static int fetch_all(const struct file_stage *stage, const struct ign_file *file, bool contents,
		     int fd, struct error *error)
{
	int r = contents ? fetch_into(stage, &file->contents, fd, error) : 0;

	for (size_t i = 0; r == 0 && i < file->append.count; i++)
		r = fetch_into(stage, &file->append.at[i], fd, error);
	return r;
}

/* Whether a file's last bytes from offset on are those of another file. */
static int same_from(int fd, off_t offset, int other, bool *ret, struct error *error)
{
	char left[4096], right[4096];
	off_t at = 0;

	for (;;) {
		ssize_t n = pread(other, right, sizeof(right), at);
		int r;

		if (n < 0)
			return error_errno(error, "read");
		*ret = true;
		if (n == 0)
			return 0;
		r = file_read_at(fd, (uint64_t)(offset + at), left, (size_t)n, error);
		if (r < 0)
			return r;
		*ret = memcmp(left, right, (size_t)n) == 0;
		if (!*ret)
			return 0;
		at += n;
	}
}

static int sizes_of(int fd, int other, off_t *ret, off_t *ret_other, struct error *error)
{
	struct stat left, right;

	if (fstat(fd, &left) < 0 || fstat(other, &right) < 0)
		return error_errno(error, "look at a file");
	*ret = left.st_size;
	*ret_other = right.st_size;
	return 0;
}

/* An earlier run may have written the file: then it holds what the draft does. */
static int compare(const struct file_stage *stage, const struct file_step *step, int draft,
		   struct error *error)
{
	AUTO_CLOSE int fd = -1;
	off_t size, draft_size;
	bool same = false;
	int r = tree_open_file(&stage->tree, step->path, &fd, error);

	if (r == 0)
		r = sizes_of(fd, draft, &size, &draft_size, error);
	if (r == 0 && size == draft_size)
		r = same_from(fd, 0, draft, &same, error);
	if (r == 0 && !same)
		r = error_set(error, -EEXIST,
			      "a file with other contents is there already, and overwrite is not "
			      "set");
	return r;
}

/* The draft holds what is to be added. A file that ends with it has got it by an earlier run: no
 * other trace of that is kept, so that a file which happens to end so is left alone. */
static int append(const struct file_stage *stage, const struct file_step *step,
		  struct tree_draft *draft, bool *ret_done, struct error *error)
{
	AUTO_CLOSE int fd = -1;
	off_t size, more;
	int r = tree_open_file(&stage->tree, step->path, &fd, error);

	*ret_done = false;
	if (r == 0)
		r = sizes_of(fd, draft->fd, &size, &more, error);
	if (r == 0 && size >= more)
		r = same_from(fd, size - more, draft->fd, ret_done, error);
	if (r < 0 || *ret_done)
		return r;
	if (ftruncate(draft->fd, 0) < 0 || lseek(draft->fd, 0, SEEK_SET) < 0)
		return error_errno(error, "write");
	r = copy_to(fd, draft->fd, error);
	return r < 0 ? r : fetch_all(stage, step->file, false, draft->fd, error);
}

static mode_t mode_or(const struct ign_integer *mode, mode_t otherwise)
{
	return mode->given ? (mode_t)mode->value & 07777 : otherwise;
}

static int adjust(const struct file_stage *stage, const struct file_step *step,
		  const struct ign_integer *mode, const struct stat *status, struct error *error)
{
	struct tree_owner owner = { status->st_uid, status->st_gid };
	int r = node_owner(stage, step->node, &owner, error);

	if (r < 0)
		return r;
	return tree_adjust(&stage->tree, step->path, mode->given ? (int)mode_or(mode, 0) : -1,
			   &owner, error);
}

/* The draft gets its bytes and takes the file's place, if there is a need. */
static int fill_draft(const struct file_stage *stage, const struct file_step *step,
		      enum node_action action, const struct stat *status, struct tree_draft *draft,
		      struct error *error)
{
	bool keeps = action == NODE_APPEND, done = action == NODE_COMPARE;
	struct tree_owner owner = { keeps ? status->st_uid : 0, keeps ? status->st_gid : 0 };
	mode_t mode = mode_or(&step->file->mode, keeps ? status->st_mode & 07777 : 0644);
	int r = node_owner(stage, step->node, &owner, error);

	if (r == 0)
		r = fetch_all(stage, step->file, !keeps, draft->fd, error);
	if (r == 0 && action == NODE_COMPARE)
		r = compare(stage, step, draft->fd, error);
	if (r == 0 && keeps)
		r = append(stage, step, draft, &done, error);
	if (r == 0 && done)
		return adjust(stage, step, &step->file->mode, status, error);
	return r < 0 ? r : tree_draft_commit(draft, mode, &owner, action != NODE_CREATE, error);
}

static int apply_file(const struct file_stage *stage, const struct file_step *step,
		      enum node_action action, const struct stat *status, struct error *error)
{
	struct tree_draft draft;
	int r;

	if (action == NODE_ADJUST)
		return adjust(stage, step, &step->file->mode, status, error);
	r = tree_draft(&stage->tree, step->path, &draft, error);
	if (r < 0)
		return r;
	r = fill_draft(stage, step, action, status, &draft, error);
	tree_draft_discard(&draft);
	return r;
}

static int apply_directory(const struct file_stage *stage, const struct file_step *step,
			   enum node_action action, struct error *error)
{
	static const struct tree_owner root_owner = { 0, 0 };
	AUTO_CLOSE int folder = -1;
	struct stat status;
	int r = action == NODE_REPLACE ? tree_remove(&stage->tree, step->path, error) : 0;

	if (r == 0)
		r = tree_open_folder(&stage->tree, step->path, 0755, &root_owner, &folder, error);
	if (r < 0)
		return r;
	if (fstat(folder, &status) < 0)
		return error_errno(error, "look at it");
	return adjust(stage, step, &step->directory->mode, &status, error);
}

static int apply_link(const struct file_stage *stage, const struct file_step *step,
		      enum node_action action, struct error *error)
{
	bool replace = action == NODE_REPLACE;
	struct tree_owner owner = { 0, 0 };
	char target[PATH_MAX];
	int r;

	if (step->kind == NODE_HARD_LINK) {
		r = hard_target(stage, step, target, error);
		return r < 0 ? r : tree_hard_link(&stage->tree, step->path, target, replace, error);
	}
	r = node_owner(stage, step->node, &owner, error);
	return r < 0 ? r
		     : tree_link(&stage->tree, step->path, step->link->target.at, &owner, replace,
				 error);
}

static int apply_step(const struct file_stage *stage, const struct file_step *step,
		      struct error *error)
{
	struct node_case node_case;
	struct stat status;
	enum node_action action;
	int r = file_step_look(stage, step, &node_case, &status, error);

	if (r < 0)
		return r;
	action = node_decide(&node_case);
	if (action == NODE_REFUSE)
		return error_set(error, -EEXIST, "%s", node_refusal(&node_case));
	if (action == NODE_KEEP)
		return 0;
	if (step->kind == NODE_FILE)
		return apply_file(stage, step, action, &status, error);
	if (step->kind == NODE_DIRECTORY)
		return apply_directory(stage, step, action, error);
	return apply_link(stage, step, action, error);
}

int file_step_apply(const struct file_stage *stage, const struct file_step *step,
		    struct error *error)
{
	int r = apply_step(stage, step, error);

	if (r < 0)
		error_wrap(error, "%.200s", step->node->path.at);
	return r;
}

int file_put(const struct tree *tree, const char *path, const char *bytes, size_t size, mode_t mode,
	     const struct tree_owner *owner, struct error *error)
{
	struct tree_draft draft;
	int r = tree_draft(tree, path, &draft, error);

	if (r < 0)
		return r;
	r = file_write_at(draft.fd, 0, bytes, size, error);
	if (r == 0)
		r = tree_draft_commit(&draft, mode, owner, true, error);
	tree_draft_discard(&draft);
	return r;
}
