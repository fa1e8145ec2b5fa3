/** What `GET /__emulator` tells. */
export const controlHelp = `DatoCMS emulator: control interface. Bodies and answers are JSON, times milliseconds.

GET    /__emulator/requests                     every API request so far
DELETE /__emulator/requests                     forget them
GET    /__emulator/clock                        the time of the API
POST   /__emulator/clock                        {"advanceMs": 3600000} or {"now": "2026-03-01T02:00:00Z"}
GET    /__emulator/projects                     numbers and names
POST   /__emulator/projects                     {"token": "token-of-project-two", "forkMs": 1000, ...}
GET    /__emulator/projects/1                   settings, environments, faults
PATCH  /__emulator/projects/1/settings          {"forkMs": 60000, "plan": {"sandboxLimit": 3}, "role": {...}}
GET    /__emulator/projects/1/history           what happened
GET    /__emulator/projects/1/existed?at=<ms>   what existed then
GET    /__emulator/projects/1/faults            faults and how often they hit
POST   /__emulator/projects/1/faults            {"operation": "environments.fork", "times": 1, "effect": {...}}
DELETE /__emulator/projects/1/faults            remove all
POST   /__emulator/projects/1/user              {"action": "fork", "id": "a-copy", "ready": true}

User actions: fork (source, id, createdAt, ready), rename (id, newId), promote (id), destroy (id),
              edit (id, items, uploads), setParameters (id, parameters, pluginId),
              open (id, records)
Fault effects: status (status, code, details, transient, headers, when), html (status, when),
              broken-json (when), drop (when), hang (when), slow (ms), slow-body (ms),
              job-fails (code, status), never-ends. "when" is "before" or "after" the effect of the call.
              "skip": calls that pass first; "times": calls hit after that, a number or "always".
`;
