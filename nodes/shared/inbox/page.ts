import { age } from './alarms';
import type { OrganizationReport, Report } from './report';

const FONT = 'font-family:Segoe UI,Helvetica,Arial,sans-serif;color:#1c2733';
const CELL = 'padding:6px 12px;border-bottom:1px solid #dfe5eb';

/** Returns the subject of the report: the state of the inbox in one line. */
export function subjectOf({ files, notifications }: Report, alarms: readonly string[]): string {
	const open = notifications.notStored + notifications.notAcknowledged + notifications.ended;
	const counts = `${files.deliveredToday} delivered, ${files.waiting + files.claimed} waiting, ${open} not acknowledged`;
	return `Roche inbox: ${alarms.length === 0 ? 'all is well' : 'needs attention'} (${counts})`;
}

/** Returns the report as HTML for a mail or a browser. The styles are inline, since mail programs support no others. */
export function pageOf(report: Report, alarms: readonly string[]): string {
	const { at, files, notifications, organizations, disk, unfetched } = report;
	const numbers: Array<[string, string | number]> = [
		['Delivered in 24 hours', files.deliveredToday],
		['Acknowledged in 24 hours', notifications.acknowledgedToday],
		["Waiting for the hospital's system", files.waiting + files.claimed],
		['Oldest waiting file', files.waiting + files.claimed > 0 ? age(files.oldestMinutes) : 'none'],
		['Not stored yet', notifications.notStored],
		['Stored, not acknowledged', notifications.notAcknowledged],
		["Not stored before Roche's last redelivery", notifications.ended],
		['Free on the disk', `${disk.freeMegabytes} MB (${disk.freePercent} %)`],
	];
	return [
		`<div style="${FONT};max-width:720px">`,
		'<h2 style="margin:0 0 4px">Roche inbox</h2>',
		`<p style="margin:0 0 16px;color:#5b6b7b">${escape(at.slice(0, 16).replace('T', ' '))} UTC</p>`,
		alarms.length === 0 ? box('#e8f5ec', ['All is well.']) : box('#fdecea', alarms),
		table(numbers.map(([label, value]) => [label, `<b>${escape(value)}</b>`])),
		organizations.length > 0 ? `<h3>By organization</h3>${byOrganization(organizations)}` : '',
		unfetched.length > 0 ? backlog(unfetched) : '',
		'</div>',
	].join('\n');
}

function byOrganization(organizations: readonly OrganizationReport[]): string {
	const head = ['Organization', 'Delivered', 'Waiting', 'Oldest', 'Not stored', 'Not acknowledged'];
	return table([
		head.map((label) => `<b>${label}</b>`),
		...organizations.map((one) =>
			[
				one.orgId,
				one.deliveredToday,
				one.waiting + one.claimed,
				one.waiting + one.claimed > 0 ? age(one.oldestMinutes) : '',
				one.notStored,
				one.notAcknowledged,
			].map(escape),
		),
	]);
}

function backlog(unfetched: Report['unfetched']): string {
	const lists = unfetched.map(
		(list) => `<pre style="${CELL};white-space:pre-wrap">${escape(JSON.stringify(list, null, 2))}</pre>`,
	);
	return `<h3>Not stored before Roche's last redelivery</h3><p>To fetch them by hand, paste this into the template <i>Roche: fetch a list of files again</i>.</p>${lists.join('')}`;
}

function box(colour: string, lines: readonly string[]): string {
	const text = lines.map((line) => `<p style="margin:4px 0">${escape(line)}</p>`).join('');
	return `<div style="background:${colour};padding:8px 14px;border-radius:6px;margin-bottom:16px">${text}</div>`;
}

function table(rows: readonly string[][]): string {
	const lines = rows.map((row) => `<tr>${row.map((cell) => `<td style="${CELL}">${cell}</td>`).join('')}</tr>`);
	return `<table style="border-collapse:collapse">${lines.join('')}</table>`;
}

function escape(text: string | number): string {
	return String(text)
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
}
