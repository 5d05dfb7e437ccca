"""The screens. A screen shows one request, collects its reply, and decides nothing."""
