type Step = () => Promise<void> | void;

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Clean-up steps, run at the end in reverse order. */
export class CleanUp {
	private readonly steps: Step[] = [];

	private done: Promise<void> | undefined;

	add(step: Step): void {
		this.steps.push(step);
	}

	/** Runs all steps once. A failing step is reported and does not prevent the others. */
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

/** Runs the work, then the clean-up: after success, after a failure, and on Ctrl-C. */
export async function withCleanUp<T>(work: (cleanUp: CleanUp) => Promise<T>): Promise<T> {
	const cleanUp = new CleanUp();
	let stopping = false;
	// Under tsx Ctrl-C arrives twice, from the terminal and from tsx. The second one must not interrupt the clean-up.
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
		// After a signal its handler ends the process. Failures that the signal caused are not reported.
		if (stopping) await new Promise<never>(() => {});
		names.forEach((name) => process.off(name, onSignal));
	}
}
