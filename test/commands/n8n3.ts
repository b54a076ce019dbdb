// npm run test:n8n3: n8n with the default settings of n8n 3 installs the package from a registry only if its checksum is given.
import { checkUnverified } from '../e2e/unverified-checks';
import { runChecks } from './command';

runChecks(checkUnverified);
