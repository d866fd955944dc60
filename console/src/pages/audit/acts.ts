import type { Reply } from "../../api/call";

export type ActName = Reply<"audit/list">["rows"][number]["act"];

// The compiler sees to it that none is missing.
const NAMES: Record<ActName, true> = {
  sign_in: true,
  sign_out_everywhere: true,
  change_password: true,
  add_second_factor: true,
  remove_second_factor: true,
  create_user: true,
  edit_user: true,
  reset_password: true,
  remove_user: true,
  create_app: true,
  edit_app: true,
  rotate_app: true,
  add_company: true,
  edit_company: true,
  make_receiver: true,
  start_sync: true,
  create_tags: true,
  rename_tag: true,
  rename_tag_group: true,
  remove_tag: true,
  remove_tag_group: true,
  tag_groups: true,
  upload_file: true,
  delete_file: true,
  create_material: true,
  edit_material: true,
  delete_material: true,
  export: true,
  sop_create: true,
  sop_edit: true,
  sop_start: true,
  sop_pause: true,
  sop_resume: true,
  sop_end: true,
  sop_delete: true,
  sop_remind: true,
  sop_join: true,
  sop_leave: true,
  sop_mark: true,
};

/** All that the log may say was done. */
export const ACTS = Object.keys(NAMES) as ActName[];
