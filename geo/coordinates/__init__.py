"""Datums: conversion, reading coordinates from text, recognising a datum."""
