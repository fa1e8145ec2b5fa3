import type { Deployment, Host } from "./host.ts";

/**
 * A host's deployments with nothing special about them, for one group after the other. To open one costs a second of
 * the processor, and a service that has answered other calls before is no worse a witness than a new one.
 */
export class Deployments {
  private readonly idle: Deployment[] = [];
  private readonly host: Host;

  constructor(host: Host) {
    this.host = host;
  }

  /** One that nobody else has meanwhile. */
  async take(): Promise<Deployment> {
    return this.idle.pop() ?? this.host.open({});
  }

  /** Back from a group whose checks all passed; others are closed, so that one failure does not become several. */
  giveBack(deployment: Deployment): void {
    this.idle.push(deployment);
  }

  async close(): Promise<void> {
    await Promise.all(this.idle.splice(0).map((deployment) => deployment.close()));
  }
}

const deploymentsByHost = new WeakMap<Host, Deployments>();

/** What the groups of a host share. */
export function deploymentsOf(host: Host): Deployments {
  const deployments = deploymentsByHost.get(host) ?? new Deployments(host);
  deploymentsByHost.set(host, deployments);
  return deployments;
}
