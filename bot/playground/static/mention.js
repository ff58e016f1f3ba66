// People who are named with an @: Discord's client sends their ids, and shows names to whoever edits.

import { displayName } from "./dom.js";

const escape = (name) => name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** The text as it is sent: who is named with an @ is mentioned, but for what is code or part of a word or a link. */
export function withMentions(text, users) {
  const ids = new Map(users.flatMap((user) => [user.username, displayName(user)].map((name) => [name.toLowerCase(), user.id])));
  const names = [...ids.keys()].sort((a, b) => b.length - a.length).map(escape).join("|");
  const named = new RegExp(`(\`+)[\\s\\S]*?\\1|(?<![\\p{L}\\p{N}_/])@(${names})(?![\\p{L}\\p{N}_])`, "giu");
  return text.replace(named, (whole, code, name) => (name ? `<@${ids.get(name.toLowerCase())}>` : whole));
}

/** The text as it was typed. */
export function withNames(text, users) {
  return text.replace(/<@!?(\d+)>/g, (mention, id) => {
    const user = users.find((candidate) => candidate.id === id);
    return user ? `@${displayName(user)}` : mention;
  });
}
