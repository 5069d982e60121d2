"""Machines made of namespaces: one for every running instance, and those that tests ask for by themselves."""
