import type { Checks } from '../e2e/checks';
import type { CleanUp } from '../real-n8n/clean-up';
import { startSandboxProcess } from '../sandbox/process';
import { checkOutages } from './outage-checks';
import { checkPasswords } from './password-checks';
import { type ProxyPrograms, versionOf } from './programs';
import { checkRefusals } from './refusal-checks';
import type { Stage } from './scene';
import { checkSquid } from './squid-checks';
import { checkTinyproxy } from './tinyproxy-checks';
import { checkTlsProxy } from './tls-proxy-checks';
import { checkVariables } from './variable-checks';

/** Runs all checks, each with its own proxies and n8n. They share the sandbox. */
export async function runProxySuite(checks: Checks, cleanUp: CleanUp, programs: ProxyPrograms): Promise<void> {
	const sandbox = await startSandboxProcess();
	cleanUp.add(async () => await sandbox.close());
	const stage: Stage = { checks, cleanUp, programs, sandbox };
	console.log(`\n${await nameOf(programs.squid)}`);
	await checkSquid(stage);
	await checkPasswords(stage);
	await checkVariables(stage);
	await checkRefusals(stage);
	await checkOutages(stage);
	await checkTlsProxy(stage);
	console.log(`\n${await nameOf(programs.tinyproxy)}`);
	await checkTinyproxy(stage);
}

async function nameOf(program: string): Promise<string> {
	return (await versionOf(program)).split('\n')[0] ?? program;
}
