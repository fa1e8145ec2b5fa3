import type { Page } from "../pages.ts";
import { backUpNow } from "./backUpNow.ts";
import { keep } from "./keep.ts";
import { askToRemove, remove } from "./remove.ts";

/** The pages that do something to backups. */
export const DEEDS: readonly Page[] = [
  { path: "/backups/now", method: "POST", needs: "holder", handle: backUpNow },
  { path: "/backups/:environmentId/keep", method: "POST", needs: "admin", handle: keep },
  { path: "/backups/:environmentId/remove", method: "GET", needs: "admin", handle: askToRemove },
  { path: "/backups/:environmentId/remove", method: "POST", needs: "admin", handle: remove },
];
