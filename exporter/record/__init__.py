"""The record as something that can be asked: histories from the store, and past results into it."""
