"""The simulator that wrote the sample exports: hidden states first, conversations from them, exports from both."""
