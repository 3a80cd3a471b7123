"""Tests of comparing documents."""
