// What a command definition means for the person typing it.

import { withMentions } from "./mention.js";

/** Turn the registered commands into the leaves a person can choose: "vn search", with its options. */
export function leaves(commands) {
  return commands.filter((command) => (command.type ?? 1) === 1).flatMap((command) => walk(command, command.name, command));
}

function walk(node, path, root) {
  const nested = (node.options ?? []).filter((option) => option.type === 1 || option.type === 2);
  if (nested.length > 0) return nested.flatMap((option) => walk(option, `${path} ${option.name}`, root));
  return [{ path, description: node.description ?? "", options: node.options ?? [], root }];
}

/** Would Discord offer this command here? */
export function offered(root, channel) {
  if (root.nsfw && !channel.nsfw_commands) return false;
  // In a server without the bot only commands that people have installed for themselves exist.
  if (channel.elsewhere && !(root.integration_types ?? [0]).includes(1)) return false;
  if (channel.kind !== "dm" && !channel.elsewhere && !holds(channel.permissions, root.default_member_permissions)) return false;
  const contexts = root.contexts;
  if (!Array.isArray(contexts)) return true;
  return contexts.includes(channel.kind === "dm" ? 1 : 0);
}

const ADMINISTRATOR = 8n;

/** Are these permissions enough for a command that asks for those? Asking for none at all means administrators. */
function holds(permissions, needed) {
  if (needed === null || needed === undefined) return true;
  const [held, asked] = [BigInt(permissions), BigInt(needed)];
  return (held & ADMINISTRATOR) !== 0n || (asked !== 0n && (held & asked) === asked);
}

export function messageCommands(commands, channel) {
  return commands.filter((command) => command.type === 3 && offered(command, channel));
}

const BOOLEANS = [{ name: "True", value: true }, { name: "False", value: false }];

/** The fixed choices of an option, or null when it is free text. */
export function fixedChoices(option, desk) {
  if (option.choices?.length) return option.choices;
  if (option.type === 5) return BOOLEANS;
  if (option.type === 6 || option.type === 9) return desk.users().map((user) => ({ name: user.global_name || user.username, value: user.id }));
  if (option.type === 7) return desk.pickable({ ...option, type: 8 }).map((channel) => ({ name: channel.label, value: channel.value }));
  if (option.type === 8) return desk.roles().map((role) => ({ name: role.name, value: role.id }));
  return null;
}

/** The type of an option that is a file. */
export const FILE = 11;
const FILE_AT_MOST = 3 * 1024 * 1024;

/** What a file is sent as: its name, its kind, and what it holds in base64. */
export async function readFile(option, file) {
  if (file.size > FILE_AT_MOST) return { error: `${option.name}: the playground takes at most 3 MB` };
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  // In pieces: a call has room for so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { value: { filename: file.name, content_type: file.type || "application/octet-stream", data: btoa(text) } };
}

/** What a typed option is sent as; a string that says what is wrong when it cannot be sent. */
export function readValue(option, text, choice, desk) {
  if (choice !== undefined) return { value: choice };
  const fixed = fixedChoices(option, desk);
  if (fixed !== null) return readChoice(option, text, fixed);
  if (text === "") return { error: `${option.name}: choose or type something` };
  if (option.type === 4 || option.type === 10) return readNumber(option, text);
  if (option.min_length && text.length < option.min_length) return { error: `${option.name}: at least ${option.min_length} characters` };
  if (option.max_length && text.length > option.max_length) return { error: `${option.name}: at most ${option.max_length} characters` };
  return { value: withMentions(text, desk.users()) };
}

/** The choice of that name. Which one is meant where several have it, nobody can tell. */
function readChoice(option, text, fixed) {
  const typed = text.trim().toLowerCase();
  const named = fixed.filter((choice) => String(choice.name).toLowerCase() === typed);
  return named.length === 1 ? { value: named[0].value } : { error: `${option.name}: choose one of the list` };
}

function readNumber(option, text) {
  const number = Number(text);
  const whole = option.type === 4;
  if (text.trim() === "" || !Number.isFinite(number) || (whole && !Number.isInteger(number))) {
    return { error: `${option.name}: a ${whole ? "whole " : ""}number is needed` };
  }
  if (option.min_value !== undefined && number < option.min_value) return { error: `${option.name}: at least ${option.min_value}` };
  if (option.max_value !== undefined && number > option.max_value) return { error: `${option.name}: at most ${option.max_value}` };
  return { value: number };
}
