/** An instant (ms since the epoch) for people, to the minute as crons go: `2026-02-26 13:05 UTC`. */
export function utcMinute(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
