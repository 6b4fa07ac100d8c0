import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { describeWithCluster } from './cluster.ts';
import { kserveActions } from './kserve-actions.ts';
import { routingGroups } from './kserve-group.ts';
import { killedTicks } from './kserve-kills.ts';
import { rolledBack } from './kserve-rollback.ts';
import { inferenceServices } from './kserve-service.ts';

describeWithCluster(
  'KServe on a real API server',
  async ({ admin }) => await installDefinitions(admin, 'kserve'),
  (cluster) => {
    inferenceServices(cluster);
    routingGroups(cluster);
    kserveActions(cluster);
    rolledBack(cluster);
    killedTicks(cluster);
  },
);
