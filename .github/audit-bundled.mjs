// Reads the report of `npm audit --json`, and fails if it concerns a package whose code is in the tarball: users cannot update that themselves.
// An exception in audit-exceptions.json has the advisory's URL, a reason, and a date after which it no longer counts (YYYY-MM-DD).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const notices = readFileSync('dist/THIRD-PARTY-NOTICES.txt', 'utf8');
const bundled = new Set(Array.from(notices.matchAll(/^-{80}\n(\S+) \S+ \(/gm), ([, name]) => name));
const today = new Date().toISOString().slice(0, 10);
const excepted = read(join(import.meta.dirname, 'audit-exceptions.json'));
const allowed = new Set(excepted.filter(({ until }) => until >= today).map(({ advisory }) => advisory));

const { vulnerabilities } = read(process.argv[2]);
if (bundled.size === 0 || vulnerabilities === undefined)
	throw new Error('There is no build, or no report of npm audit');
const found = Object.values(vulnerabilities)
	.filter(({ name }) => bundled.has(name))
	.flatMap(({ via }) => via.filter((one) => typeof one === 'object' && !allowed.has(one.url)));
for (const { name, severity, title, url } of found) console.error(`${name}: ${title} (${severity}) ${url}`);
console.log(`${bundled.size} bundled packages, ${found.length} advisories`);
process.exit(found.length === 0 ? 0 : 1);
