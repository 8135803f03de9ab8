// SPDX-License-Identifier: MIT
// Elements are made here, and text goes in as text: what names and errors hold is never markup.

const xmlns = 'http://www.w3.org/2000/svg';

function set(node, name, value) {
    if (value === undefined || value === null || value === false)
        return;
    if (name === 'on') {
        for (const [event, listener] of Object.entries(value))
            node.addEventListener(event, listener);
    } else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'selected') {
        node[name] = value;
    } else {
        node.setAttribute(name, value === true ? '' : value);
    }
}

// el('p', { class: 'hint', on: { click } }, 'text', node, ...)
export function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
        set(node, name, value);
    node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
}

// A drawing of one path, 24 units wide.
export function icon(path) {
    const svg = document.createElementNS(xmlns, 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS(xmlns, 'path');
    line.setAttribute('d', path);
    svg.append(line);
    return svg;
}

const shown = new WeakMap();

// Only what differs is written: an unchanged cell costs a comparison.
export function setText(node, text) {
    if (shown.get(node) !== text) {
        shown.set(node, text);
        node.textContent = text;
    }
}

export function setClass(node, name) {
    if (node.className !== name)
        node.className = name;
}

export function setHidden(node, hidden) {
    if (node.hidden !== hidden)
        node.hidden = hidden;
}

export function setAttribute(node, name, value) {
    if (node.getAttribute(name) !== value)
        node.setAttribute(name, value);
}

// Hands a file to the reader.
export function saveAs(blob, name) {
    const url = URL.createObjectURL(blob);
    const link = el('a', { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// What this reader chose, where the browser keeps it; from disk it may not.
export function recall(key) {
    try {
        return localStorage.getItem(`acrida.${key}`);
    } catch {
        return null;
    }
}

export function remember(key, value) {
    try {
        localStorage.setItem(`acrida.${key}`, value);
    } catch {
        // it is a convenience
    }
}

// What a screen reader says now.
export function announce(text) {
    const node = document.getElementById('announcer');
    if (node)
        setText(node, text);
}
