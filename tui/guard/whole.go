package guard

// whole makes a terminal fit for a shell, whatever a screen had turned on, and
// begins a new line at the bottom. Terminals pass over what they don't know.
// The order counts: nothing shows before the first two, the keyboard's flags
// belong to the screen that is left, and what looks like an underline to a
// simple terminal comes before attributes are reset.
const whole = "" +
	"\x18" + // ends a sequence that was cut off in its middle
	"\x1b[?2026l" + // end of a synchronized update
	"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l" + // the mouse
	"\x1b[?1004l" + // reports of focus
	"\x1b[?2004l" + // bracketed paste
	"\x1b[>4m" + // xterm's modifyOtherKeys
	"\x1b[<u" + // Kitty's keyboard flags, of which each screen has its own
	"\x1b[4l" + // insert mode
	"\x1b[r" + // the scroll region; it moves the cursor
	"\x1b[?1049l" + // the alternate screen; where there was none, xterm moves the cursor
	"\x1b[?2027l" + // widths of grapheme clusters, which shells don't expect
	"\x1b[?1l\x1b>" + // cursor keys and keypad
	"\x1b[?7h" + // lines wrap
	"\x0f\x1b(B" + // the usual characters
	"\x1b[0 q\x1b[?25h" + // the cursor, its usual shape
	"\x1b[0m" + // attributes
	"\x1b]2;\x07" + // the window's title
	"\x1b]9;4;0\x07" + // progress in the task bar
	"\x1b[999B\r\n" // below all that stands there, wherever the cursor was
