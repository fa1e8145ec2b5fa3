/** Resources with the usual five calls, named as the client names them. */
const resources = [
  "itemTypes",
  "fields",
  "fieldsets",
  "menuItems",
  "schemaMenuItems",
  "workflows",
  "itemTypeFilters",
  "uploadFilters",
  "uploadCollections",
] as const;
const calls = ["list", "find", "create", "update", "destroy"] as const;

type Usual = `${(typeof resources)[number]}.${(typeof calls)[number]}`;

const others = [
  "items.update",
  "items.destroy",
  "items.publish",
  "items.unpublish",
  "items.references",
  "items.currentVsPublishedState",
  "items.bulkPublish",
  "items.bulkUnpublish",
  "items.bulkDestroy",
  "items.bulkMoveToStage",
  "scheduledPublication.create",
  "scheduledPublication.destroy",
  "scheduledUnpublishing.create",
  "scheduledUnpublishing.destroy",
  "site.update",
] as const;

export type ContentOperation = Usual | (typeof others)[number];

/** The calls that only environments with content know. */
export const contentOperations: readonly ContentOperation[] = [
  ...resources.flatMap((resource) => calls.map((call): Usual => `${resource}.${call}`)),
  ...others,
];
