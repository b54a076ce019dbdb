import type { Delivery } from './deliveries';

/** Prints a table of the fetched and acknowledged files. */
export function printDeliveries(deliveries: Delivery[]): void {
	const rows = deliveries.map(({ how, file, received, acknowledgedAt }) => [
		file.key,
		how,
		received.map(({ size }) => size.toLocaleString('en')).join(', ') || 'not received',
		received.map(({ sha256 }) => `${sha256.slice(0, 16)}...`).join(', ') || '-',
		received.length > 0 && received.every(({ sha256 }) => sha256 === file.sha256) ? 'yes' : 'NO',
		acknowledgedAt ?? 'NEVER',
	]);
	const table = [['file', 'how', 'bytes', 'sha256', 'equal to S3', 'acknowledged'], ...rows];
	const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
	for (const row of table) console.log(`  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}
