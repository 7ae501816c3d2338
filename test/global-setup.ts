import { publishCluster, startTestCluster, type TestCluster } from './cluster.ts';

let cluster: TestCluster | undefined;

export async function globalSetup(): Promise<void> {
  cluster = await startTestCluster();
  publishCluster(cluster.target);
}

export async function globalTeardown(): Promise<void> {
  await cluster?.stop();
}
