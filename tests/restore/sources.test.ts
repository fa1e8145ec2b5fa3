import { describe, expect, it } from "vitest";
import { nastyProject } from "../../emulator/content/seeds/nasty.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import { projectFrom } from "../../services/project.ts";
import { createRestoreService } from "../../services/restoreService.ts";
import { restoresOf, restoresOnDisk, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";

/** What a restore takes from which source. */

describe("a source of another project", () => {
  it("is refused before anything is written", async () => {
    const site = nastySite();
    const { archive, request, folder } = await restoresOnDisk(site);
    const token = "token-of-another-project";
    const other = site.emulator.addProject({ ...nastyProject({ sortableRows: 10 }), token });
    const variables = { DATOCMS_FULLACCESS_API_TOKEN: token, BACKUP_STORE: `file://${folder}/store` };
    const host = { variables, directory: folder, fetch: site.emulator.fetch, clock: site.clock };
    const service = createRestoreService(valueFrom(projectFrom(variables)), host);
    const only = [{ kind: "record", id: nastyIds.deletable }] as const;
    const asked = request({ into: { kind: "existing", id: "main" }, wishes: { mode: "overwrite", only } });
    const refused = await site.clock.run(async () => {
      await archive("main");
      return [await service.preview(asked), await service.apply(asked)];
    });
    // Not even the run is noted in a store that is another project's.
    expect(refused).toMatchObject([
      { ok: false, failure: { cause: "ANOTHER_PROJECT" } },
      { ok: false, failure: { cause: "STORE_OF_ANOTHER_PROJECT" } },
    ]);
    const written = site.emulator.requests.filter(
      ({ project, method }) => project === other.name && method !== "GET",
    );
    expect(written).toEqual([]);
  });
});

describe("an archive that does not hold all that there was", () => {
  it("is no source of a mirror, which would delete what it did not see", async () => {
    const site = nastySite();
    const { archive, service, request } = await restoresOf(site);
    const into = { kind: "new", id: "back" } as const;
    const [mirrored, added] = await site.clock.run(async () => {
      site.project.settings.role = { can_manage_upload_collections: false };
      await archive("main");
      site.project.settings.role = "admin";
      return [
        await service.preview(request({ into })),
        await service.preview(request({ into, wishes: { mode: "add" } })),
      ];
    });
    expect(mirrored).toMatchObject({ ok: false, failure: { cause: "SOURCE_INCOMPLETE" } });
    expect(added).toMatchObject({ ok: true });
  });
});
