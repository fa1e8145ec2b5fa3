import type { Command } from "./command.ts";
import { alertsTest } from "./commands/alertsTest.ts";
import { archiveCreate } from "./commands/archiveCreate.ts";
import { archiveDelete } from "./commands/archiveDelete.ts";
import { archiveDownload } from "./commands/archiveDownload.ts";
import { archiveForget } from "./commands/archiveForget.ts";
import { archiveList } from "./commands/archiveList.ts";
import { archivePin, archiveUnpin } from "./commands/archivePin.ts";
import { archivePrune } from "./commands/archivePrune.ts";
import { archiveShow } from "./commands/archiveShow.ts";
import { archiveUpload } from "./commands/archiveUpload.ts";
import { archiveVerify } from "./commands/archiveVerify.ts";
import { backup } from "./commands/backup.ts";
import { check } from "./commands/check.ts";
import { config } from "./commands/config.ts";
import { demo } from "./commands/demo.ts";
import { diff } from "./commands/diff.ts";
import { keep } from "./commands/keep.ts";
import { key } from "./commands/key.ts";
import { list } from "./commands/list.ts";
import { remove } from "./commands/remove.ts";
import { restoreApply } from "./commands/restoreApply.ts";
import { restoreFind } from "./commands/restoreFind.ts";
import { restorePreview } from "./commands/restorePreview.ts";
import { restoreStatus } from "./commands/restoreStatus.ts";
import { restoreUndo } from "./commands/restoreUndo.ts";
import { runs } from "./commands/runs.ts";
import { runsShow } from "./commands/runsShow.ts";
import { serve } from "./commands/serve.ts";
import { status } from "./commands/status.ts";
import { version } from "./commands/version.ts";

/** Every command, in the order of the help: a new one is a file of `commands/` and a line here. */
export const COMMANDS: readonly Command[] = [
  check,
  status,
  list,
  backup,
  keep,
  remove,
  archiveCreate,
  archiveList,
  archiveShow,
  archiveVerify,
  archiveDownload,
  archiveUpload,
  archivePrune,
  archiveDelete,
  archivePin,
  archiveUnpin,
  archiveForget,
  restoreFind,
  restorePreview,
  restoreApply,
  restoreStatus,
  restoreUndo,
  diff,
  runs,
  runsShow,
  alertsTest,
  key,
  config,
  serve,
  demo,
  version,
];

/** What the commands of a group do; its name is their first word. */
export const GROUPS: Readonly<Record<string, string>> = {
  archive: "keep content outside of DatoCMS, in the store",
  restore: "bring content back from an archive or a backup",
  alerts: "try out what is sent when a backup fails",
};
