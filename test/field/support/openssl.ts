import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names of files in the folder. */
export interface Signed {
	key: string;
	certificate: string;
}

interface Request {
	/** Also the name of its files. */
	name: string;
	/** Unset: self-signed. */
	issuer?: Signed;
	/** Lines of an OpenSSL extension section. */
	extensions: readonly string[];
	/** Arguments of `openssl genpkey`; default: a P-256 key. */
	algorithm?: readonly string[];
	/** Such as `-sha1`. */
	digest?: string;
	/** Arguments of `openssl x509 -req`. */
	more?: readonly string[];
}

const P256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];

/** Extensions of a CA. */
export const CA = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign, cRLSign'];
/** Extensions of a server on loopback. */
export const SERVER = ['subjectAltName = DNS:localhost', 'extendedKeyUsage = serverAuth'];
/** Extensions of a client. */
export const CLIENT = ['extendedKeyUsage = clientAuth'];

/** A folder in which the machine's own openssl works. */
export class Openssl {
	readonly folder = mkdtempSync(join(tmpdir(), 'roche-openssl-'));

	/** Runs openssl in the folder. @returns what it printed */
	run(...args: string[]): string {
		return execFileSync('openssl', args, { cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
	}

	/** Runs a line of the documentation, with openssl and pipes. */
	shell(line: string): string {
		return execFileSync('sh', ['-euc', line], {
			cwd: this.folder,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	}

	path(name: string): string {
		return join(this.folder, name);
	}

	read(name: string): string {
		return readFileSync(this.path(name), 'utf8');
	}

	bytes(name: string): Buffer {
		return readFileSync(this.path(name));
	}

	write(name: string, content: string | Buffer): string {
		writeFileSync(this.path(name), content);
		return name;
	}

	/** Creates a key and its certificate, valid for a month. */
	sign({ name, issuer, extensions, algorithm = P256, digest = '-sha256', more = [] }: Request): Signed {
		const signed = { key: `${name}.key`, certificate: `${name}.crt` };
		this.run('genpkey', ...algorithm, '-out', signed.key);
		this.run('req', '-new', '-key', signed.key, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
		this.write(`${name}.ext`, `${extensions.join('\n')}\n`);
		const by = issuer ? ['-CA', issuer.certificate, '-CAkey', issuer.key, '-CAcreateserial'] : ['-signkey', signed.key];
		const request = ['x509', '-req', '-in', `${name}.csr`, '-days', '30', '-extfile', `${name}.ext`, digest];
		this.run(...request, ...by, ...more, '-out', signed.certificate);
		return signed;
	}

	close(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}
