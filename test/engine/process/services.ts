import { Logger } from '@n8n/backend-common';
import { ExpressionEngineConfig } from '@n8n/config';
import { Container } from '@n8n/di';
import { BinaryDataConfig, BinaryDataService, InstanceSettings } from 'n8n-core';
import { Expression } from 'n8n-workflow';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { BinaryMode, StoredFile } from '../protocol';

/**
 * Starts the same parts of n8n-core as n8n's start command: instance settings (which write their file into N8N_USER_FOLDER), the
 * logger, and the configured expression engine. The default is `vm`, as in n8n 2.x: expressions run in isolated-vm.
 * N8N_EXPRESSION_ENGINE=legacy selects the old one.
 */
export async function startServices(): Promise<void> {
	Container.get(InstanceSettings).markAsLeader();
	Container.get(Logger);
	const { idleTimeout, ...options } = Container.get(ExpressionEngineConfig);
	await Expression.initExpressionEngine({
		...options,
		idleTimeoutMs: idleTimeout === undefined ? undefined : idleTimeout * 1000,
	});
	if (Expression.getActiveImplementation() !== options.engine) {
		throw new Error(`The expression engine "${options.engine}" did not start`);
	}
}

/** Allows one mode for binary data at a time, because n8n sets it for a whole process. */
export class BinaryModeSwitch {
	private running = 0;
	private mode: BinaryMode | undefined;

	/** Runs `work` in a binary mode. @throws Error while other work needs the other mode */
	async during<T>(mode: BinaryMode, work: () => Promise<T>): Promise<T> {
		if (this.running > 0 && this.mode !== mode) {
			throw new Error(`An execution with binary mode "${String(this.mode)}" is still running in this engine`);
		}
		this.running++;
		try {
			// Set before the wait, so that executions that start together agree.
			if (this.mode !== mode) {
				this.mode = mode;
				Container.get(BinaryDataConfig).mode = mode;
				await Container.get(BinaryDataService).init();
			}
			return await work();
		} finally {
			this.running--;
		}
	}
}

/** Returns every file below n8n's storage folder, including incomplete ones, sorted by path. */
export async function storedFiles(): Promise<StoredFile[]> {
	const folder = Container.get(BinaryDataConfig).localStoragePath;
	// The first execution in filesystem mode creates the folder.
	const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
	const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	const files = paths.map(async (path) => ({ path: relative(folder, path), size: (await stat(path)).size }));
	return (await Promise.all(files)).sort((a, b) => a.path.localeCompare(b.path));
}
