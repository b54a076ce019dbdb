// npm run test:proxies: the built package behind squid and tinyproxy, the kind of proxies that hospitals use.
import { proxyPrograms } from '../proxies/programs';
import { runProxySuite } from '../proxies/suite';
import { runChecks } from './command';

// The programs are checked before the setup, which would be useless without them.
runChecks(async (checks, cleanUp) => await runProxySuite(checks, cleanUp, proxyPrograms()));
