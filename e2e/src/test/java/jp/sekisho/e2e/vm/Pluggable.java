package jp.sekisho.e2e.vm;

/** What can be put into a USB port of the terminal. */
public sealed interface Pluggable permits UsbDisc, UsbPart, UsbPhone, UsbStick {}
