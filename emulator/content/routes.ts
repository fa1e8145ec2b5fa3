import type { Reply } from "../call.ts";
import { assertWritable, record } from "../state.ts";
import { type ContentCall, FailedInJob } from "./edit.ts";
import type { ContentOperation } from "./operations.ts";
import { deletePlugin } from "./project/plugins.ts";
import { findMe, findRole, listRoles } from "./project/roles.ts";
import { environmentRoutes, listBuildTriggers, shellRoutes } from "./project/routes.ts";
import { putAssetSettings, putSite } from "./project/site.ts";
import { bulkDestroy, bulkMoveToStage, bulkPublish, bulkUnpublish } from "./records/bulk.ts";
import { listItems } from "./records/list.ts";
import * as records from "./records/routes.ts";
import { validateExisting, validateNew } from "./records/validate.ts";
import * as schema from "./schema/routes.ts";
import * as uploads from "./uploads/routes.ts";

type Handler = (call: ContentCall) => Reply;

/** What the calls do in environments with content, for those that environments without it know as well. */
export const sharedHandlers = {
  "items.list": listItems,
  "items.find": records.findItem,
  "items.create": writing(records.postItem),
  "uploads.list": uploads.listUploads,
  "users.me": findMe,
  "roles.list": listRoles,
  "buildTriggers.list": listBuildTriggers,
} satisfies Readonly<Record<string, Handler>>;

type ContentRoute = {
  readonly operation: ContentOperation;
  readonly handle: Handler;
  /** Default true: the call is about what is inside an environment. */
  readonly inside?: boolean;
};

/** Endpoints of environments with content: those that others know are in the emulator's own table. */
export const contentRoutes: Readonly<Record<string, ContentRoute>> = {
  ...environmentRoutes(writing),
  ...shellRoutes(),
  "GET /roles/:id": { operation: "roles.find", handle: findRole, inside: false },
  "DELETE /plugins/:id": { operation: "plugins.destroy", handle: writing(deletePlugin) },
  "POST /items/validate": { operation: "items.validateNew", handle: validateNew },
  "POST /items/:id/validate": { operation: "items.validateExisting", handle: validateExisting },
  "POST /items/:id/duplicate": { operation: "items.duplicate", handle: writing(records.postDuplicate) },
  "PUT /items/:id": { operation: "items.update", handle: writing(records.putItem) },
  "DELETE /items/:id": { operation: "items.destroy", handle: writing(records.deleteItem) },
  "PUT /items/:id/publish": { operation: "items.publish", handle: writing(records.publishItem) },
  "PUT /items/:id/unpublish": { operation: "items.unpublish", handle: writing(records.unpublishItem) },
  "GET /items/:id/references": { operation: "items.references", handle: records.listReferences },
  "GET /items/:id/current-vs-published-state": {
    operation: "items.currentVsPublishedState",
    handle: records.findState,
  },
  "POST /items/bulk/publish": { operation: "items.bulkPublish", handle: writing(bulkPublish) },
  "POST /items/bulk/unpublish": { operation: "items.bulkUnpublish", handle: writing(bulkUnpublish) },
  "POST /items/bulk/destroy": { operation: "items.bulkDestroy", handle: writing(bulkDestroy) },
  "POST /items/bulk/move-to-stage": { operation: "items.bulkMoveToStage", handle: writing(bulkMoveToStage) },
  "POST /items/:id/scheduled-publication": {
    operation: "scheduledPublication.create",
    handle: writing(records.schedulePublication),
  },
  "DELETE /items/:id/scheduled-publication": {
    operation: "scheduledPublication.destroy",
    handle: writing(records.unschedulePublication),
  },
  "POST /items/:id/scheduled-unpublishing": {
    operation: "scheduledUnpublishing.create",
    handle: writing(records.scheduleUnpublishing),
  },
  "DELETE /items/:id/scheduled-unpublishing": {
    operation: "scheduledUnpublishing.destroy",
    handle: writing(records.unscheduleUnpublishing),
  },
  "GET /item-types": { operation: "itemTypes.list", handle: schema.listModels },
  "GET /item-types/:id": { operation: "itemTypes.find", handle: schema.findModel },
  "POST /item-types": { operation: "itemTypes.create", handle: writing(schema.postModel) },
  "PUT /item-types/:id": { operation: "itemTypes.update", handle: writing(schema.putModel) },
  "DELETE /item-types/:id": { operation: "itemTypes.destroy", handle: writing(schema.deleteModel) },
  "GET /item-types/:id/fields": { operation: "fields.list", handle: schema.listFields },
  "GET /fields/:id": { operation: "fields.find", handle: schema.findField },
  "POST /item-types/:id/fields": { operation: "fields.create", handle: writing(schema.postField) },
  "PUT /fields/:id": { operation: "fields.update", handle: writing(schema.putField) },
  "DELETE /fields/:id": { operation: "fields.destroy", handle: writing(schema.deleteField) },
  "GET /item-types/:id/fieldsets": { operation: "fieldsets.list", handle: schema.listFieldsets },
  "GET /fieldsets/:id": { operation: "fieldsets.find", handle: schema.findFieldset },
  "POST /item-types/:id/fieldsets": { operation: "fieldsets.create", handle: writing(schema.postFieldset) },
  "PUT /fieldsets/:id": { operation: "fieldsets.update", handle: writing(schema.putFieldset) },
  "DELETE /fieldsets/:id": { operation: "fieldsets.destroy", handle: writing(schema.deleteFieldset) },
  "POST /upload-requests": { operation: "uploadRequest.create", handle: uploads.postRequest },
  "GET /uploads/:id": { operation: "uploads.find", handle: uploads.findUpload },
  "POST /uploads": { operation: "uploads.create", handle: writing(uploads.postUpload) },
  "PUT /uploads/:id": { operation: "uploads.update", handle: writing(uploads.putUpload) },
  "DELETE /uploads/:id": { operation: "uploads.destroy", handle: writing(uploads.deleteUpload) },
  "GET /uploads/:id/references": { operation: "uploads.references", handle: uploads.listUploadReferences },
  "POST /uploads/bulk/tag": { operation: "uploads.bulkTag", handle: writing(uploads.bulkTag) },
  "POST /uploads/bulk/set-upload-collection": {
    operation: "uploads.bulkSetUploadCollection",
    handle: writing(uploads.bulkSetCollection),
  },
  "POST /uploads/bulk/destroy": {
    operation: "uploads.bulkDestroy",
    handle: writing(uploads.bulkDestroyUploads),
  },
  "GET /uploads/:id/tracks": { operation: "uploadTracks.list", handle: uploads.listTracks },
  "POST /uploads/:id/tracks": { operation: "uploadTracks.create", handle: writing(uploads.postTrack) },
  "DELETE /uploads/:id/tracks/:id": {
    operation: "uploadTracks.destroy",
    handle: writing(uploads.deleteTrack),
  },
  "PUT /site": { operation: "site.update", handle: writing(putSite) },
  "PUT /site/assets-cdn-default-settings": { operation: "site.update", handle: writing(putAssetSettings) },
};

/** A call that changes content: all of it or, when it is refused or its job fails, nothing. */
function writing(handle: Handler): Handler {
  return (call) => {
    const { state, environment, content } = call;
    assertWritable(state, environment);
    try {
      const reply = content.atomically(() => handle(call));
      const at = state.clock.now();
      environment.lastDataChangeAt = at;
      record(state, { at, type: "data-changed", id: environment.id, by: "api" });
      return reply;
    } catch (error) {
      if (error instanceof FailedInJob) return error.reply;
      throw error;
    }
  };
}
