type Step = () => Promise<void> | void;

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** What has to be undone at the end, in reverse order. */
export class CleanUp {
	private readonly steps: Step[] = [];

	private done: Promise<void> | undefined;

	add(step: Step): void {
		this.steps.push(step);
	}

	/** Does all steps, once; a step that fails is reported and does not keep the others from being done. */
	async run(): Promise<void> {
		this.done ??= this.doAll();
		await this.done;
	}

	private async doAll(): Promise<void> {
		for (const step of this.steps.reverse()) {
			try {
				await step();
			} catch (error) {
				console.error(`Cleaning up failed: ${error instanceof Error ? error.message : String(error)}`);
			}
		}
	}
}

/** Does the work and cleans up after it: when it is done, when it fails, and when the user presses Ctrl-C. */
export async function withCleanUp<T>(work: (cleanUp: CleanUp) => Promise<T>): Promise<T> {
	const cleanUp = new CleanUp();
	let stopping = false;
	// Ctrl-C arrives twice under tsx: from the terminal, and once more from tsx. The second must not kill the clean-up.
	const onSignal = (signal: keyof typeof SIGNALS): void => {
		if (stopping) return;
		stopping = true;
		console.log('\nStopping ...');
		void cleanUp.run().finally(() => process.exit(SIGNALS[signal]));
	};
	const names = Object.keys(SIGNALS) as Array<keyof typeof SIGNALS>;
	names.forEach((name) => process.on(name, onSignal));
	try {
		return await work(cleanUp);
	} finally {
		await cleanUp.run();
		// After a signal, its handler ends the process: whatever failed because of it is no news.
		if (stopping) await new Promise<never>(() => {});
		names.forEach((name) => process.off(name, onSignal));
	}
}
